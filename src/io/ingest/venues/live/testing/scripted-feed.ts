/** A feed that writes down what it is told and asks for what it was given to ask: for tests of what drives it. */
import type { TimeUs } from '../../../../../core/num/units.ts';
import type { FeedConnection, FeedLimits, FeedMessage, FeedRequest, VenueFeed } from '../../feed.ts';

export class ScriptedFeed implements VenueFeed {
  readonly venue = 'scripted';
  readonly limits: FeedLimits;
  readonly connections: readonly FeedConnection[];
  /** `opened public`, `public: text`, `answer id: body`, `closed public`. */
  readonly heard: string[] = [];
  readonly receivedUs: TimeUs[] = [];
  due: FeedRequest[] = [];
  /** To be sent from that time on. */
  messages: { readonly fromUs: number; readonly message: FeedMessage }[] = [];

  constructor(
    connections: readonly Partial<FeedConnection>[] = [{}],
    limits: FeedLimits = { weight: 100, windowMs: 60_000 },
  ) {
    this.limits = limits;
    this.connections = connections.map((connection) => ({
      name: 'public',
      url: 'wss://venue.example/stream?streams=a',
      hello: [],
      ping: null,
      silenceMs: 5_000,
      ...connection,
    }));
  }

  requests(): readonly FeedRequest[] {
    const due = this.due;
    this.due = [];
    return due;
  }

  sends(now: TimeUs): readonly FeedMessage[] {
    const due = this.messages.filter(({ fromUs }) => fromUs <= now);
    this.messages = this.messages.filter(({ fromUs }) => fromUs > now);
    return due.map(({ message }) => message);
  }

  opened(connection: string): void {
    this.heard.push(`opened ${connection}`);
  }

  receive(connection: string, frame: string, receivedUs: TimeUs): void {
    this.heard.push(`${connection}: ${frame}`);
    this.receivedUs.push(receivedUs);
  }

  answer(id: string, body: string | null): void {
    this.heard.push(`answer ${id}: ${body}`);
  }

  closed(connection: string): void {
    this.heard.push(`closed ${connection}`);
  }
}

export function requestOf(id: string, weight = 1): FeedRequest {
  return { id, method: 'GET', url: `https://venue.example/api?id=${id}`, body: null, weight };
}
