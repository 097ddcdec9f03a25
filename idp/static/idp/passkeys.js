// Asks the browser for a passkey, or for a new one, and sends its answer with the form. Pages work without, by other ways.
const supported = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential.parseCreationOptionsFromJSON)

async function options(form, signal) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value })
  if (form.dataset.anyone !== undefined) body.set('anyone', '')
  const response = await fetch(form.dataset.passkeyOptions, { method: 'POST', body, signal })
  if (!response.ok) throw new Error(String(response.status))
  return response.json()
}

async function ask(form, { mediation, signal } = {}) {
  const json = await options(form, signal)
  const credential = form.dataset.passkey === 'create'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json), signal })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json), mediation, signal })
  form.elements.credential.value = JSON.stringify(credential.toJSON())
  form.submit()
}

for (const button of document.querySelectorAll('[data-needs-passkeys]')) button.hidden = !supported

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const say = text => { form.querySelector('[role=status]').textContent = text }
  if (!supported) {
    say(form.dataset.unsupported)
    continue
  }
  let waiting = new AbortController()
  form.hidden = false
  form.addEventListener('submit', event => {
    event.preventDefault()
    waiting.abort()
    waiting = new AbortController()
    say('')
    ask(form, { signal: waiting.signal }).catch(error => {
      if (error.name !== 'AbortError') say(error.name === 'InvalidStateError' ? form.dataset.known : form.dataset.failed)
    })
  })
  // in the list that the browser shows below the field for the name; quiet where there is none
  if (form.dataset.autofill !== undefined) {
    PublicKeyCredential.isConditionalMediationAvailable?.().then(available => {
      if (available) ask(form, { mediation: 'conditional', signal: waiting.signal }).catch(() => undefined)
    })
  }
}
