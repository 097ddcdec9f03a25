/** Where the authorization server is, and who this client is there: documented defaults, `/config.json` overrides. */

export const OAUTH_CLIENT_ID = 'spa'
export const REDIRECT_URI = 'http://localhost:3000/callback'
export const AUTH_SERVER_URL = 'http://localhost:8000'

/** What is asked for. No `offline_access`: the refresh token lives as long as the browser session at the server. */
export const SCOPE = 'openid profile email roles account:read account:write'

export interface Config {
  readonly OAUTH_CLIENT_ID: string
  readonly REDIRECT_URI: string
  /** The issuer: an origin, without a trailing slash. */
  readonly AUTH_SERVER_URL: string
}

export const DEFAULTS: Config = { OAUTH_CLIENT_ID, REDIRECT_URI, AUTH_SERVER_URL }

/** Merges what `/config.json` said over the defaults. Names it doesn't know and values that aren't text are ignored. */
export function merge(overrides: unknown): Config {
  const given = new Map(Object.entries(typeof overrides === 'object' && overrides !== null ? overrides : {}))
  const pick = (name: keyof Config) => {
    const value: unknown = given.get(name)
    return typeof value === 'string' && value !== '' ? value : DEFAULTS[name]
  }
  return {
    OAUTH_CLIENT_ID: pick('OAUTH_CLIENT_ID'),
    REDIRECT_URI: pick('REDIRECT_URI'),
    AUTH_SERVER_URL: pick('AUTH_SERVER_URL').replace(/\/+$/, ''),
  }
}

/** Reads `/config.json`; where there is none (404, or something that isn't JSON) the defaults hold. */
export async function loadConfig(): Promise<Config> {
  try {
    const response = await fetch('/config.json', { headers: { Accept: 'application/json' } })
    const isJson = response.headers.get('Content-Type')?.startsWith('application/json') ?? false
    return response.ok && isJson ? merge(await response.json()) : DEFAULTS
  } catch {
    return DEFAULTS
  }
}

/** Where the server sends the browser after signing out: the root of this application, as registered. */
export function postLogoutUri(config: Config): string {
  return new URL('/', config.REDIRECT_URI).href
}
