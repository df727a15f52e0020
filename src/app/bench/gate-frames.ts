/** Commands of a flow as frames of the gate's socket, for a sender that does nothing else. */
import { Kind } from '../../core/schema/commands.ts';
import { GateKind } from '../../core/schema/gate-commands.ts';
import { FrameType, REDUCE_ONLY_BIT, TAKEN_BIT, type FrameWriter } from '../../io/gate/protocol.ts';
import type { AnyCommand } from './gate-flow.ts';

/** Writes the command with its place as request id. Throws for a kind that no flow has. */
export function writeFrame(out: FrameWriter, command: AnyCommand, request: number): void {
  switch (command.kind) {
    case GateKind.enter: {
      const { account, market, leg, side, type, price, size, reduceOnly, clientId, parent } = command;
      const bits = leg + 4 * side + 8 * type + (reduceOnly ? REDUCE_ONLY_BIT : 0);
      const at = out.begin(52, FrameType.enter, bits, request);
      out.view.setUint32(at, account, true);
      out.view.setUint32(at + 4, market, true);
      out.f64(out.f64(out.f64(out.f64(at + 8, price), size), clientId), parent);
      return;
    }
    case GateKind.replace: {
      const at = orderName(out, out.begin(52, FrameType.replace, 0, request), command);
      out.f64(out.f64(at, command.price), command.size);
      return;
    }
    case GateKind.cancel:
      orderName(out, out.begin(36, FrameType.cancel, 0, request), command);
      return;
    case GateKind.confirm:
      out.f64(out.begin(20, FrameType.confirm, command.taken ? TAKEN_BIT : 0, request), command.order);
      return;
    case GateKind.done:
      out.f64(out.begin(20, FrameType.done, 0, request), command.order);
      return;
    case GateKind.execution: {
      const { account, market, leg, side, lots, price, fee, trade, order } = command;
      const at = out.begin(60, FrameType.execution, leg + 4 * side, request);
      out.view.setUint32(at, account!, true);
      out.view.setUint32(at + 4, market, true);
      out.f64(out.f64(out.f64(out.f64(out.f64(at + 8, lots), price), fee), trade), order);
      return;
    }
    case Kind.marks: {
      const [{ market, price }] = command.marks;
      const at = out.begin(28, FrameType.mark, 0, request);
      out.view.setUint32(at, market, true);
      out.view.setUint32(at + 4, 0, true);
      out.f64(at + 8, price);
      return;
    }
    default:
      throw new Error(`a flow has no command of kind ${command.kind}`);
  }
}

function orderName(
  out: FrameWriter,
  at: number,
  {
    account,
    order,
    clientId,
  }: { readonly account: number; readonly order: number; readonly clientId: number },
): number {
  out.view.setUint32(at, account, true);
  out.view.setUint32(at + 4, 0, true);
  return out.f64(out.f64(at + 8, order), clientId);
}
