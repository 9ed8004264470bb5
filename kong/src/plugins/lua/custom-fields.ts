import { map, string } from '../../config/schema/field.ts'

/** Lua that Kong would run for each entry: there is none here, so only an empty map is taken. */
export const customFieldsByLua = map(string(), string(), {
  custom: (fields: object) =>
    Object.keys(fields).length === 0
      ? undefined
      : 'the embedded gateway runs no Lua for log entries; run this file on Kong itself to use custom_fields_by_lua',
})
