export declare const commands: Readonly<Record<string, string>>
export declare function describeCommands(): string
