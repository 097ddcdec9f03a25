// Lets people look at the password they type. Without this script a password field is an ordinary one.
for (const box of document.querySelectorAll('[data-show]')) {
  const field = box.querySelector('input')
  const button = document.createElement('button')
  const show = visible => {
    field.type = visible ? 'text' : 'password'
    button.textContent = visible ? box.dataset.hide : box.dataset.show
  }
  button.type = 'button'
  button.className = 'reveal'
  button.setAttribute('aria-controls', field.id)
  button.addEventListener('click', () => show(field.type === 'password'))
  // so that what is sent, and kept by password managers, is a password
  field.form.addEventListener('submit', () => show(false))
  field.after(button)
  show(false)
}
