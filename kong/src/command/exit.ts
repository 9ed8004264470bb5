/** Exit codes of the command line. */
export const EXIT = { stopped: 0, failed: 1, usage: 2, port: 3 } as const
