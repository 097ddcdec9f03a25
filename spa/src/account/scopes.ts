/** Scopes in words a layman reads, as the server's consent page has them; another one is shown by its name. */

const WORDS: Readonly<Record<string, string>> = {
  openid: 'Know that it is you',
  profile: 'See your name and username',
  email: 'See your e-mail address',
  roles: 'See your roles',
  offline_access: 'Keep access while you are away, until you take it back',
  'account:read': 'See where you are signed in, and what you allowed to whom',
  'account:write': 'Change your profile and your e-mail addresses, sign you out, and take back what you allowed',
}

export function scopeInWords(scope: string): string {
  return (Object.hasOwn(WORDS, scope) && WORDS[scope]) || scope
}
