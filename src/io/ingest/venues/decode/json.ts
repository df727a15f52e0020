import { BadFrame } from './bad-frame.ts';

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadFrame('FEED_JSON', `is no JSON (${(error as Error).message})`, null, text);
  }
}
