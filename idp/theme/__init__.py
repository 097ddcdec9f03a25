"""What a deployment's pages look like and are called: a name, a logo, a colour."""
