/** What the server wants before it does something sensitive (RFC 9470): a fresher sign-in, a stronger one, or both. */

export interface StepUp {
  /** How old the sign-in may be, in seconds. */
  readonly maxAge: number
  /** Space-separated; left out where any strength does. */
  readonly acrValues?: string
}

/** The parameters of an authorization request that ask for it (OIDC Core §3.1.2.1). */
export function stepUpParameters({ maxAge, acrValues }: StepUp): Record<string, string> {
  return { max_age: String(maxAge), ...(acrValues !== undefined && { acr_values: acrValues }) }
}
