/** The SharedWorker: one vault, and with it one token family and one refresh at a time, for all tabs. */

import { loadConfig } from '../config'
import { serve, tell } from './channel'
import { Vault, type VaultApi } from './vault'

declare const self: SharedWorkerGlobalScope

const ports = new Set<MessagePort>()
const ready = loadConfig().then((config) => new Vault(config, (facts) => ports.forEach((port) => tell(port, facts))))

/** Calls that come before the configuration is there wait for it. */
const vault: VaultApi = {
  facts: async () => (await ready).facts(),
  begin: async (silent, stepUp) => (await ready).begin(silent, stepUp),
  redeem: async (query, pending) => (await ready).redeem(query, pending),
  refresh: async () => (await ready).refresh(),
  graphql: async (request) => (await ready).graphql(request),
  signOut: async () => (await ready).signOut(),
  forget: async () => (await ready).forget(),
}

self.onconnect = ({ ports: [port] }) => {
  if (port === undefined) return
  ports.add(port)
  serve(port, vault)
}
