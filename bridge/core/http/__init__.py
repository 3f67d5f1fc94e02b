"""The bridge's side of Flask that every slice's views use: who asks, the request's session, rules of routes."""
