/** The gate. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M8 25V15a8 8 0 0 1 16 0v10M16 25V7M8 17h16" />
    </svg>
  )
}
