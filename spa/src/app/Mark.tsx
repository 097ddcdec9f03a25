/** The gate. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M6 8h4v3h4V8h4v3h4V8h4v18h-6v-5a4 4 0 0 0-8 0v5H6z" />
    </svg>
  )
}
