/** Whether a text (latin1) has a control character of ASCII in it. */
export const hasControl = (text: string): boolean => hasCodeUpTo(text, 0x1f)

/** Whether a text (latin1) has a space or a control character of ASCII in it. */
export const hasControlOrSpace = (text: string): boolean => hasCodeUpTo(text, 0x20)

function hasCodeUpTo(text: string, highest: number): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code <= highest || code === 0x7f) return true
  }
  return false
}
