import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import './app/app.css'
import { keepFresh } from './session/renewal'
import { Session } from './session/session'
import { SessionContext } from './session/useSession'

const arrivedAt = new URL(window.location.href)
// The answer of the sign-in is in the address: out of it, and out of the history, before anything else happens.
if (arrivedAt.pathname !== '/' || arrivedAt.search !== '') window.history.replaceState(null, '', '/')

const session = new Session()
void session.start(arrivedAt)
keepFresh(session)

// A page brought back by the Back button is as old as it was when it was left.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void session.start(new URL('/', window.location.href))
})

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <SessionContext value={session}>
        <App />
      </SessionContext>
    </StrictMode>,
  )
}
