"""What a client asks first: whose token this is and what the site offers."""

from bridge.demo.calls import Args, Call, declare
from bridge.demo.shapes import ALPHANUMEXT, BOOL, INT, NOTAGS, RAW, TEXT, Json, Multiple, Single

__all__ = ["FUNCTIONS"]

_FEATURES = {
    "usecomments": 1,
    "usetags": 1,
    "enablenotes": 1,
    "messaging": 1,
    "enableblogs": 1,
    "enablecompletion": 1,
    "enablebadges": 1,
    "messagingallusers": 0,
    "enablecustomreports": 1,
    "enableglobalsearch": 0,
    "mnet_dispatcher_mode": 0,
    "enablecompetencies": 1,
}
_QUOTA_BYTES = 100 * 1024 * 1024
_UPLOAD_BYTES = 2 * 1024 * 1024

_INFO = Single(
    {
        "sitename": RAW,
        "username": RAW,
        "firstname": TEXT,
        "lastname": TEXT,
        "fullname": TEXT,
        "lang": ALPHANUMEXT,
        "userid": INT,
        "siteurl": RAW,
        "userpictureurl": RAW,
        "functions": Multiple(Single({"name": RAW, "version": TEXT})),
        "downloadfiles": INT.optional(),
        "uploadfiles": INT.optional(),
        "release": TEXT.optional(),
        "version": TEXT.optional(),
        "mobilecssurl": RAW.optional(),
        "advancedfeatures": Multiple(Single({"name": ALPHANUMEXT, "value": INT})).optional(),
        "usercanmanageownfiles": BOOL.optional(),
        "userquota": INT.optional(),
        "usermaxuploadfilesize": INT.optional(),
        "userhomepage": INT.optional(),
        "userhomepageurl": RAW.optional(),
        "userprivateaccesskey": ALPHANUMEXT.optional(),
        "siteid": INT.optional(),
        "sitecalendartype": NOTAGS.optional(),
        "usercalendartype": NOTAGS.optional(),
        "userissiteadmin": BOOL.optional(),
        "theme": NOTAGS.optional(),
        "limitconcurrentlogins": INT.optional(),
        "usersessionscount": INT.optional(),
        "policyagreed": INT.optional(),
    }
)


@declare("core_webservice_get_site_info", {"serviceshortnames": Multiple(ALPHANUMEXT).or_else([])}, _INFO)
def get_site_info(call: Call, _args: Args) -> Json:
    """Describe the site, the account and the functions of the token's service."""
    site, user = call.tables.site, call.user
    listed = call.token.functions
    return {
        "sitename": call.string(site.name),
        "username": user.username,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "fullname": user.fullname,
        "lang": site.lang,
        "userid": user.id,
        "siteurl": site.url,
        "userpictureurl": f"{site.url}/theme/image.php/boost/core/{site.themerev}/u/f1",
        "functions": [
            {"name": name, "version": version} for name, version in site.functions if listed is None or name in listed
        ],
        "downloadfiles": 1,
        "uploadfiles": 0,
        "release": site.release,
        "version": site.version,
        "mobilecssurl": "",
        "advancedfeatures": [{"name": name, "value": value} for name, value in _FEATURES.items()],
        "usercanmanageownfiles": True,
        "userquota": 0 if call.token.admin else _QUOTA_BYTES,
        "usermaxuploadfilesize": -1 if call.token.admin else _UPLOAD_BYTES,
        "userhomepage": 1,
        "userprivateaccesskey": "redacted",
        "siteid": 1,
        "sitecalendartype": "gregorian",
        "usercalendartype": "gregorian",
        "userissiteadmin": call.token.admin,
        "theme": "boost",
        "limitconcurrentlogins": 0,
        "policyagreed": 0,
    }


FUNCTIONS = (get_site_info,)
