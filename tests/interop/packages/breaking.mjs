// Which changes of a schema break those who use it: `node breaking.mjs OLD NEW` prints [{path, message}].
import { readFileSync } from 'node:fs'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema } from 'graphql'

const schemas = process.argv.slice(2).map((file) => buildSchema(readFileSync(file, 'utf8'), { assumeValid: true }))
const changes = await diff(...schemas)
const added = new Set(changes.filter(({ type }) => /^(TYPE|FIELD)_ADDED$/.test(type)).map(({ path }) => path))

// Who may read a field is part of the contract: another declaration is as breaking as another type.
const isAccess = ({ type, path }) => type.startsWith('DIRECTIVE_USAGE_') && /\.@(access|authenticated|requiresScopes)/.test(path)
const isNew = ({ path }) => added.has(path.split('.')[0]) || added.has(path.split('.@')[0])

const breaking = changes.filter(
  (change) => change.criticality.level === CriticalityLevel.Breaking || (isAccess(change) && !isNew(change)),
)
console.log(JSON.stringify(breaking.map(({ path, message }) => ({ path, message }))))
