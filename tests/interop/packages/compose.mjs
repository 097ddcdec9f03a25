// What Apollo's library makes of subgraphs: `node compose.mjs NAME=FILE…` prints {supergraph} or {errors}.
import { readFileSync } from 'node:fs'
import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'

const services = process.argv.slice(2).map((argument) => {
  const [name, file] = argument.split('=', 2)
  return { name, url: `http://${name}.invalid`, typeDefs: parse(readFileSync(file, 'utf8')) }
})
const { supergraphSdl, errors } = composeServices(services)
console.log(JSON.stringify(errors ? { errors: errors.map(({ message }) => message) } : { supergraph: supergraphSdl }))
