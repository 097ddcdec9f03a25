/** Finds the vault: in the SharedWorker, else in this page. */

import type { Config } from '../config'
import type { Facts } from '../session/types'
import { remoteVault } from './channel'
import type { VaultApi } from './vault'

/** A worker that hasn't answered by then isn't coming (blocked, or its script didn't load). */
const HANDSHAKE_MS = 3_000

/** `changed` hears of every change of what is held, also those that another tab brought about. */
export async function connectVault(config: Config, changed: (facts: Facts | null) => void): Promise<VaultApi> {
  if (typeof SharedWorker === 'undefined') return ownVault(config, changed)
  try {
    const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'gatehouse' })
    const vault = remoteVault(worker.port, changed)
    await answered(worker, vault)
    return vault
  } catch {
    return ownVault(config, changed)
  }
}

async function ownVault(config: Config, changed: (facts: Facts | null) => void): Promise<VaultApi> {
  const { Vault } = await import('./vault')
  return new Vault(config, changed)
}

function answered(worker: SharedWorker, vault: VaultApi): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no answer from the worker')), HANDSHAKE_MS)
    worker.onerror = () => reject(new Error('the worker did not start'))
    void vault.facts().then(() => {
      clearTimeout(late)
      resolve()
    }, reject)
  })
}
