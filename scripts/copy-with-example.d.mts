/** @param folder an empty one */
export function copyWithExample(folder: string): void;
