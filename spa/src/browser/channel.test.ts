// @vitest-environment node
import { expect, it } from 'vitest'
import { Problem } from '../session/problem'
import type { Facts } from '../session/types'
import { remoteVault, serve, tell } from './channel'
import type { VaultApi } from './vault'

const FACTS: Facts = { expiresAt: 1, lifetime: 600, scope: ['openid'] }

function connected(vault: Partial<VaultApi>, changed: (facts: Facts | null) => void = () => undefined) {
  const { port1, port2 } = new MessageChannel()
  serve(port1, vault as VaultApi)
  return { remote: remoteVault(port2, changed), port1, close: () => port1.close() }
}

it('brings each answer to its own caller, whatever the order', async () => {
  const answers: ((facts: Facts) => void)[] = []
  const { remote, close } = connected({
    refresh: () => new Promise((resolve) => answers.push(resolve)),
    facts: () => Promise.resolve(null),
  })
  const refreshed = remote.refresh()
  expect(await remote.facts()).toBeNull()
  answers[0]?.(FACTS)
  expect(await refreshed).toEqual(FACTS)
  close()
})

it('carries problems by their code', async () => {
  const { remote, close } = connected({ refresh: () => Promise.reject(new Problem('session_ended', 'why')) })
  await expect(remote.refresh()).rejects.toMatchObject({ code: 'session_ended', detail: 'why' })
  close()
})

it('tells pages of changes', async () => {
  const change = await new Promise((resolve) => {
    const { port1, close } = connected({}, (facts) => {
      close()
      resolve(facts)
    })
    tell(port1, FACTS)
  })
  expect(change).toEqual(FACTS)
})
