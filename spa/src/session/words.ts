/** What the pages say about problems and notices: what happened, and what to do now. */

import type { Problem, ProblemCode } from './problem'
import type { Notice } from './types'

interface Words {
  readonly title: string
  readonly text: string
}

const PROBLEMS: Readonly<Record<ProblemCode, Words>> = {
  unreachable: {
    title: 'The sign-in server doesn’t answer',
    text: 'Nothing was lost. Check your connection, or that the server is running, and try again.',
  },
  access_denied: {
    title: 'You said no',
    text: 'This application was not allowed to know who you are, so nobody is signed in. You can start again.',
  },
  interaction_required: {
    title: 'The server wants to see you',
    text: 'It can’t sign you in without asking you something. Sign in again.',
  },
  unknown_signin: {
    title: 'This sign-in isn’t one we started here',
    text: 'It is older than an hour, was finished already, or began in another tab. Start a new one.',
  },
  issuer_mismatch: {
    title: 'The answer came from somewhere else',
    text: 'It doesn’t name the server that was asked, so it was thrown away. If this happens again, tell whoever runs this application.',
  },
  token_invalid: {
    title: 'The answer didn’t check out',
    text: 'The server’s proof of who you are failed a check (a wrong clock on this device can do that). Nothing of it was kept.',
  },
  code_rejected: {
    title: 'The sign-in took too long',
    text: 'The code in the answer was no longer good: it lives for a minute and works once. Start again.',
  },
  session_ended: {
    title: 'Your session is over',
    text: 'Sign in again to go on.',
  },
  refused: {
    title: 'The server refused the sign-in',
    text: 'This application and the server disagree about how to sign in. Trying again will hardly help: tell whoever runs this application.',
  },
  too_weak: {
    title: 'That sign-in was not strong enough',
    text: 'What you wanted needs a second factor or a passkey, and it was not used. Nothing has changed.',
  },
  not_allowed: {
    title: 'This sign-in may not do that',
    text: 'The application was not allowed it. Sign out and in again, or ask whoever runs this application.',
  },
  rate_limited: {
    title: 'Too many attempts',
    text: 'Wait a minute, then try again.',
  },
  server_error: {
    title: 'Something failed at the server',
    text: 'It is not your fault. Try again in a moment.',
  },
}

export function wordsFor(problem: Problem): Words {
  return PROBLEMS[problem.code]
}

const NOTICES: Readonly<Record<Notice, string>> = {
  'signed-out': 'You are signed out.',
  'signed-out-here-only':
    'You are signed out here. The server couldn’t be told; close the browser if others use this device.',
  'session-ended': 'Your session has ended. Sign in again to go on.',
  'account-closed': 'Your account is closed, and you are signed out everywhere. Sign in again to keep it.',
}

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })

/** The sentence of a notice; of a closed account also the time after which it is gone. */
export function sentenceOf(notice: Notice, until?: string): string {
  if (notice !== 'account-closed' || until === undefined) return NOTICES[notice]
  return `${NOTICES[notice]} It is deleted on ${MOMENT.format(new Date(until))}; after that nobody can bring it back.`
}

/** A stretch of time as people say it, for screen readers and running text: `9 minutes 5 seconds`. */
export function spoken(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = seconds % 60
  const parts = [minutes > 0 && plural(minutes, 'minute'), (rest > 0 || minutes === 0) && plural(rest, 'second')]
  return parts.filter((part) => part !== false).join(' ')
}

/** The same as a clock: `9:05`. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
