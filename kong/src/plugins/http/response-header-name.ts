/** A name as it stands in an answer: nginx's Lua module turns underscores into dashes in whatever plugins set or remove. */
export const responseHeaderName = (name: string): string => name.replaceAll('_', '-')
