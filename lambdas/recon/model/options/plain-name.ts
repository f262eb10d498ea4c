/** A name of a script that is one word to a shell, and no option to a program. */
export const isPlainName = (name: string): boolean => /^[A-Za-z_][\w:.-]{0,59}$/.test(name);
