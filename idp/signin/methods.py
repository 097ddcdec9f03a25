"""What a sign-in proves: `acr` and `amr` as tokens state them (OIDC Core §2, RFC 8176, NIST SP 800-63B)."""

PASSWORD_ACR = "aal1"
PASSWORD_AMR = ("pwd",)
