// Sends the requests that the page describes. What is pasted stays in its field: it goes into no address and no storage.
const token = document.querySelector('#token')
const TOLD = ['www-authenticate', 'retry-after', 'allow', 'content-type']

const request = section => {
  const options = { method: section.dataset.method, headers: {}, credentials: 'omit', cache: 'no-store', redirect: 'error' }
  const given = [...section.querySelectorAll('input[data-name]')].filter(field => field.value)
  if (given.length) {
    options.headers['Content-Type'] = 'application/json'
    options.body = JSON.stringify(Object.fromEntries(given.map(field => [field.dataset.name, field.value.trim()])))
  }
  if (token.value) options.headers.Authorization = `Bearer ${token.value.trim()}`
  return options
}

const pretty = text => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const read = async response => {
  const headers = TOLD.filter(name => response.headers.has(name)).map(name => `${name}: ${response.headers.get(name)}`)
  return [`${response.status} ${response.statusText}`, ...headers, '', pretty(await response.text())].join('\n')
}

for (const section of document.querySelectorAll('[data-path]')) {
  const answer = section.querySelector('.answer')
  section.querySelector('button').addEventListener('click', async () => {
    answer.textContent = answer.dataset.waiting
    try {
      const shown = document.createElement('pre')
      shown.textContent = await read(await fetch(section.dataset.path, request(section)))
      answer.replaceChildren(shown)
    } catch {
      answer.textContent = answer.dataset.failed
    }
  })
}

for (const part of document.querySelectorAll('.live')) part.hidden = false
document.querySelector('#no-script').remove()
// so that nothing is found in a page that the browser keeps for the way back
addEventListener('pagehide', () => {
  for (const field of document.querySelectorAll('input')) field.value = ''
})
