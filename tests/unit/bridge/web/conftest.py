import pytest

from tests.unit.bridge.web.demo import make_app


@pytest.fixture
def app():
    return make_app()


@pytest.fixture
def client(app):
    """A browser that asks for Russian and for pages."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "ru"
    client.environ_base["HTTP_ACCEPT"] = "text/html,*/*;q=0.8"
    return client
