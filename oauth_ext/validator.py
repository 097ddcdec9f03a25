"""DOT's validator, as far as DOT still asks it anything: our grants and views answer for themselves."""

from oauth2_provider.oauth2_validators import OAuth2Validator as DOTValidator


class OAuth2Validator(DOTValidator):
    """`OAUTH2_VALIDATOR_CLASS`."""
