/** A setting that is unknown, can't be honoured, or has no such value. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}
