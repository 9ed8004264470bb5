import type { AccessToken } from './access-token.ts'

type Message =
  | { readonly type: 'ask'; readonly not: string | undefined }
  | { readonly type: 'token'; readonly token: AccessToken }
  | { readonly type: 'signed-out' }

export interface TabChannel {
  /** Asks the other tabs for a token other than this one; undefined when none has one. */
  ask(not: AccessToken | undefined): Promise<AccessToken | undefined>
  share(token: AccessToken): void
  signedOut(): void
}

interface Hooks {
  readonly ownToken: () => AccessToken | undefined
  readonly onToken: (token: AccessToken) => void
  readonly onSignedOut: () => void
}

/** So long another tab has to answer; it takes a few milliseconds, and a tab that sleeps does not matter. */
const ANSWER_MS = 100

/** What the tabs of this origin tell each other about the session. */
export function tabChannel({ ownToken, onToken, onSignedOut }: Hooks): TabChannel {
  const channel = new BroadcastChannel('portico.session')
  const post = (message: Message) => channel.postMessage(message)
  channel.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.type === 'signed-out') onSignedOut()
    if (data.type === 'token') onToken(data.token)
    if (data.type === 'ask') {
      const own = ownToken()
      if (own && own.token !== data.not && own.expiresAt > Date.now() + 10_000) post({ type: 'token', token: own })
    }
  })
  return {
    ask: (not) =>
      new Promise((resolve) => {
        const finish = (token?: AccessToken) => {
          clearTimeout(late)
          channel.removeEventListener('message', hear)
          resolve(token)
        }
        const hear = ({ data }: MessageEvent<Message>) => {
          if (data.type === 'token' && data.token.token !== not?.token) finish(data.token)
        }
        const late = setTimeout(finish, ANSWER_MS)
        channel.addEventListener('message', hear)
        post({ type: 'ask', not: not?.token })
      }),
    share: (token) => post({ type: 'token', token }),
    signedOut: () => post({ type: 'signed-out' }),
  }
}
