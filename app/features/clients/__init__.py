"""Programs that get short access tokens by OAuth 2.0 client credentials, in the name of who registered them."""
