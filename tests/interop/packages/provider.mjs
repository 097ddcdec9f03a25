// An OpenID provider, panva's: `node provider.mjs PORT CLIENTS` listens on 127.0.0.1 and knows the clients (JSON).
// Its own pages for development sign in whoever types a name.
import { Provider } from 'oidc-provider'

const [port, clients] = process.argv.slice(2)
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: JSON.parse(clients),
  claims: { openid: ['sub'], email: ['email', 'email_verified'], groups: ['groups'] },
  scopes: ['openid', 'email', 'groups'],
  pkce: { required: () => true },
  cookies: { keys: ['for tests'] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@provider.example`, email_verified: true, groups: ['staff'] }),
  }),
})
provider.listen(Number(port), '127.0.0.1', () => console.log('listening'))
