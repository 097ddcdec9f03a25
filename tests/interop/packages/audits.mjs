// What the audits of graphql-http say of a server: `node audits.mjs URL TOKEN` prints [{id, name, status, reason}].
// Some ask for the schema, which is told to whoever has a token.
import { serverAudits } from 'graphql-http'

const [url, token] = process.argv.slice(2)
const fetchFn = (address, { headers, ...rest } = {}) =>
  fetch(address, { headers: { authorization: `Bearer ${token}`, ...headers }, ...rest })
const said = []
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn()
  said.push({ id, name, status, reason })
}
console.log(JSON.stringify(said))
