/** When a token is renewed: one rule for who uses it and who watches it. */

const MARGIN_SECONDS = 30

/** The moment (milliseconds since the epoch) from which a token is renewed before use: 30 s, or a fifth of its life. */
export function renewAt(token: { readonly expiresAt: number; readonly lifetime: number }): number {
  return token.expiresAt - Math.min(MARGIN_SECONDS, token.lifetime / 5) * 1000
}
