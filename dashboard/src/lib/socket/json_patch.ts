// RFC 6902, of what a server tells: add, remove, replace. What is there is left as it is; what changes is made anew on its way from the root.
export interface Operation {
    op: string;
    path: string;
    value?: unknown;
}

type Node = Record<string, unknown> | unknown[];

export class PatchError extends Error {}

function tokensOf(path: string): string[] {
    if (path === '') return [];
    if (!path.startsWith('/')) throw new PatchError(`no JSON pointer: ${path}`);
    return path.slice(1).split('/').map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function place(list: unknown[], token: string, most: number): number {
    const index = token === '-' ? list.length : Number(token);
    if (!/^(-|0|[1-9]\d*)$/.test(token) || index > most) throw new PatchError(`no such place: ${token}`);
    return index;
}

function changedList(list: unknown[], token: string, operation: Operation): unknown[] {
    const copy = list.slice();
    if (operation.op === 'add') copy.splice(place(list, token, list.length), 0, operation.value);
    else if (operation.op === 'remove') copy.splice(place(list, token, list.length - 1), 1);
    else copy[place(list, token, list.length - 1)] = operation.value;
    return copy;
}

function changed(node: Node, token: string, operation: Operation): Node {
    if (Array.isArray(node)) return changedList(node, token, operation);
    if (operation.op !== 'add' && !Object.hasOwn(node, token)) throw new PatchError(`no such member: ${token}`);
    const copy = { ...node };
    if (operation.op === 'remove') delete copy[token];
    else copy[token] = operation.value;
    return copy;
}

function applyAt(node: unknown, tokens: string[], operation: Operation): unknown {
    const [token, ...rest] = tokens;
    if (token === undefined) return operation.value;
    if (typeof node !== 'object' || node === null) throw new PatchError(`nothing there to change: ${operation.path}`);
    if (rest.length === 0) return changed(node as Node, token, operation);
    const child = Array.isArray(node) ? node[place(node, token, node.length - 1)] : (node as Record<string, unknown>)[token];
    return changed(node as Node, token, { op: 'replace', path: operation.path, value: applyAt(child, rest, operation) });
}

/** The document after all operations. Errors: PatchError, when one does not fit. */
export function applyPatch(document: unknown, patch: Operation[]): unknown {
    return patch.reduce((state, operation) => {
        if (!['add', 'remove', 'replace'].includes(operation.op)) throw new PatchError(`unknown operation: ${operation.op}`);
        return applyAt(state, tokensOf(operation.path), operation);
    }, document);
}
