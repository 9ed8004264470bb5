export type PackageManager = 'apt-get' | 'dnf' | 'apk' | 'pacman' | 'brew'
/** The name of a package, by package manager. */
export type PackageNames = Readonly<Partial<Record<PackageManager, string>>>
export declare const serverPackages: Readonly<Record<'mongodb' | 'mysql' | 'redis', PackageNames>>
export declare const managers: readonly PackageManager[]
export declare function installCommand(manager: PackageManager, packages: readonly string[]): string
