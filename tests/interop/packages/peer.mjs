// panva's OpenID provider for tests/bench: `node peer.mjs PORT ASKED` prints, as a line of JSON, what clients need to
// know of it, and listens on 127.0.0.1. ASKED is JSON: how many connections and codes, and the redirect URI. Its paths
// are ours. Nothing but memory is behind it: a Map, for its own memory adapter forgets all but 1000 rows.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { Provider } from 'oidc-provider'

const rows = new Map()

class Memory {
  constructor(model) {
    this.model = model
  }

  async upsert(id, payload) {
    rows.set(`${this.model}:${id}`, payload)
  }

  async find(id) {
    return rows.get(`${this.model}:${id}`)
  }

  async consume(id) {
    rows.get(`${this.model}:${id}`).consumed = Math.floor(Date.now() / 1000)
  }

  async destroy(id) {
    rows.delete(`${this.model}:${id}`)
  }
}

const port = Number(process.argv[2])
const { connections, codes, redirectUri } = JSON.parse(process.argv[3])
const secret = randomBytes(32).toString('base64url')
const scope = 'openid profile'
const key = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  alg,
  use: 'sig',
})
const machine = {
  client_secret: secret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
}
const api = 'https://api.example'
const provider = new Provider(`http://localhost:${port}`, {
  adapter: Memory,
  jwks: { keys: [key('ec', { namedCurve: 'P-256' }, 'ES256'), key('rsa', { modulusLength: 2048 }, 'RS256')] },
  clients: [
    {
      client_id: 'app',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: 'ES256',
    },
    { client_id: 'machine', ...machine },
    { client_id: 'opaque', ...machine },
  ],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    // `machine` gets JWTs, as it does from us; `opaque` what it gets when nobody says otherwise
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, client) => (client.clientId === 'machine' ? api : undefined),
      getResourceServerInfo: () => ({ scope: '', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
    },
  },
  claims: { openid: ['sub'], profile: ['name'] },
  ttl: { AccessToken: 3600, ClientCredentials: 3600, Grant: 7200, IdToken: 3600, RefreshToken: 7200 },
  issueRefreshToken: async () => true,
  routes: {
    token: '/o/token/',
    introspection: '/o/introspect/',
    userinfo: '/o/userinfo/',
    jwks: '/.well-known/jwks.json',
  },
  findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id, name: 'Alice' }) }),
})

const client = await provider.Client.find('app')
const grant = async () => {
  const made = new provider.Grant({ accountId: 'alice', clientId: 'app' })
  made.addOIDCScope(scope)
  return made.save()
}
const owned = async () => ({ accountId: 'alice', client, grantId: await grant(), scope, gty: 'authorization_code' })
const many = (count, make) => Promise.all(Array.from({ length: count }, make))
const verifier = randomBytes(32).toString('base64url')
const asked = {
  redirectUri,
  codeChallenge: createHash('sha256').update(verifier).digest('base64url'),
  codeChallengeMethod: 'S256',
  expiresIn: 3600,
}
const seeds = {
  secret,
  access_tokens: await many(connections, async () => new provider.AccessToken({ ...(await owned()) }).save()),
  refresh_tokens: await many(connections, async () => new provider.RefreshToken({ ...(await owned()) }).save()),
  codes: await many(codes, async () => [
    await new provider.AuthorizationCode({ ...(await owned()), ...asked }).save(),
    verifier,
  ]),
}
provider.listen(port, '127.0.0.1', () => console.log(JSON.stringify(seeds)))
