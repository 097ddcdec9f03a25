// What the audits of graphql-http say of a server: `node audits.mjs URL` prints [{id, name, status, reason}].
import { serverAudits } from 'graphql-http'

const said = []
for (const audit of serverAudits({ url: process.argv[2], fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn()
  said.push({ id, name, status, reason })
}
console.log(JSON.stringify(said))
