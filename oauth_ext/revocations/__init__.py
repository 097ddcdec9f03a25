"""What stopped being trusted, for resource servers that judge tokens by their signature or remember judgements."""
