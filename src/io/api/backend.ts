/**
 * What the API needs of whoever serves an exchange: an answer for each route, data for each channel, and the cut that both are about. A route or channel
 * that is not there is not served.
 */
import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteName } from './contract/routes.ts';
import type { Cut } from './contract/scalars.ts';
import type { ChannelName, DataOf } from './contract/stream.ts';

export interface Call<Name extends RouteName> {
  readonly params: ParamsOf<Name>;
  readonly query: QueryOf<Name>;
  readonly body: BodyOf<Name>;
}

/** The answer but for its cut, which the server takes when it has it. Throws an `ApiProblem`. */
export type Told<Name extends RouteName> = Omit<AnswerOf<Name>, 'cut'>;
export type Handler<Name extends RouteName> = (call: Call<Name>) => Told<Name> | Promise<Told<Name>>;
export type Handlers = { readonly [Name in RouteName]?: Handler<Name> };

/** `key` is a market or an account where the channel has one, else null; throws an `ApiProblem` where there is no such key. */
export type Reader<Data> = (key: string | null) => Data;

/** A channel whose deltas are what is new: items after a number, and the number to ask with next time. */
export interface Feed<Item> {
  /** The newest, as a snapshot begins. */
  newest(key: string | null): { readonly items: Item[]; readonly next: number };
  /** Those after `since`, at most so many: the newest of them where there are more. */
  after(key: string | null, since: number): { readonly items: Item[]; readonly next: number };
}

/** A record with a history: a delta has the fields that changed, and of the history what was put behind since. */
export interface Chronicle<Data extends { readonly history: unknown }> {
  fields(): Omit<Data, 'history'>;
  /** How many were ever put behind. */
  readonly length: number;
  /** Those after so many, or as many of them as there are. */
  after(length: number): Data['history'];
}

type Item<Data> = Data extends (infer One)[] ? One : never;
export type Source<Name extends ChannelName> =
  | Reader<DataOf<Name>>
  | Feed<Item<DataOf<Name>>>
  | (DataOf<Name> extends { readonly history: unknown } ? Chronicle<DataOf<Name>> : never);
export type Sources = { readonly [Name in ChannelName]?: Source<Name> };

export interface Backend {
  readonly handlers: Handlers;
  readonly sources: Sources;
  cut(): Cut;
  /** Null while it is being made or recovered: what is going on. */
  readonly starting: string | null;
  /** Reading and acting are open to who comes from this machine, as long as no key was made. */
  readonly isDemo: boolean;
}
