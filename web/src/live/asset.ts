import { useChannel } from './channel.ts';

/** The name of the settlement asset; empty until it is known. */
export const useAsset = (): string => useChannel('system').data?.asset.name ?? '';
