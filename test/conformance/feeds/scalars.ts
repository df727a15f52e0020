/** The scalar values in a JSON text, each with its place and its path as problems write it: `data[0].bids[3][1]`. */
export interface Scalar {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g;

export function scalarsIn(json: string): Scalar[] {
  const scalars: Scalar[] = [];
  /** The path of each list or object around, with the index of its next element; null in an object. */
  const around: { readonly path: string; index: number | null }[] = [];
  let key: string | null = null;
  let text: RegExpExecArray | null = null;
  const pathHere = () => {
    const top = around.at(-1);
    if (top === undefined) return '';
    if (top.index !== null) return `${top.path}[${top.index}]`;
    return top.path === '' ? String(key) : `${top.path}.${key}`;
  };
  const keep = () => {
    if (text !== null) scalars.push({ path: pathHere(), from: text.index, to: text.index + text[0].length });
    text = null;
  };
  for (const token of json.matchAll(TOKEN)) {
    const [word] = token;
    if (word === ':') {
      key = String(JSON.parse(text?.[0] ?? 'null'));
      text = null;
    } else if (word === '[' || word === '{') {
      around.push({ path: pathHere(), index: word === '[' ? 0 : null });
    } else if (word === ']' || word === '}') {
      keep();
      around.pop();
    } else if (word === ',') {
      keep();
      const top = around.at(-1);
      if (top !== undefined && top.index !== null) top.index += 1;
    } else {
      text = token;
    }
  }
  return scalars;
}

export function replaced(json: string, { from, to }: Scalar, word: string): string {
  return json.slice(0, from) + word + json.slice(to);
}
