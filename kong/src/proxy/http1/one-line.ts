/** A header value that can't end its line, whoever set it. */
export const oneLine = (value: string): string => (/[\r\n]/.test(value) ? value.replace(/[\r\n]+/g, ' ') : value)
