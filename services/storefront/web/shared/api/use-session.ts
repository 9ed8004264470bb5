import { useSyncExternalStore } from 'react'
import { type SessionState, session } from './session.ts'

/** The session's state; the component is drawn anew when it changes, in whichever tab. */
export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, session.state)
