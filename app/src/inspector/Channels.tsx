// The ranges of a weight's output channels: a strip to pick one from, and in words which stand out.

import { type ChannelCheck, checkChannels, type HistogramReport, OUTLIER_TIMES } from "@bitscape/engine";
import { useMemo } from "react";
import { ChannelStrip } from "../charts/ChannelStrip.tsx";
import { channelWords } from "../charts/channels.ts";
import { Term } from "../ui/Term.tsx";

interface Props {
  readonly channels: NonNullable<HistogramReport["channels"]>;
  readonly report: HistogramReport;
  readonly picked: number | null;
  readonly onPick: (channel: number | null) => void;
}

/** Channels named one by one. */
const NAMED = 4;

export function Channels({ channels, report, picked, onPick }: Props) {
  const check = useMemo(() => checkChannels(channels), [channels]);
  const one = report.channel;
  return (
    <section className="channels" aria-label="Ranges of output channels">
      <div className="values-head">
        <h3>Ranges of {channels.low.length} output channels</h3>
        <Standing check={check} />
      </div>
      <ChannelStrip channels={channels} check={check} picked={picked} onPick={onPick} />
      <div className="channels-note">
        {picked === null ? (
          check.outliers.length + check.dead.length > 0 ? (
            <Named check={check} onPick={onPick} />
          ) : (
            <span className="quiet">Click one, or use arrow keys, to see its own values and grid</span>
          )
        ) : (
          <>
            <span>
              {channelWords(picked, channels, check)}
              {one?.index === picked && one.sqnrDb !== null && ` · SQNR ${one.sqnrDb.toFixed(1)} dB`}
            </span>
            <button type="button" className="term" onClick={() => onPick(null)}>
              all channels
            </button>
          </>
        )}
      </div>
    </section>
  );
}

function Standing({ check: { outliers, dead } }: { readonly check: ChannelCheck }) {
  return (
    <span className="quiet">
      {outliers.length > 0 ? (
        <Term of="outlier">
          {outliers.length} outlier{outliers.length > 1 && "s"}
        </Term>
      ) : (
        <Term of="outlier">no outliers</Term>
      )}
      {dead.length > 0 && ` · ${dead.length} all zero`}
    </span>
  );
}

/** The channels that stand out, the widest first, each a way to look at it. */
function Named({ check, onPick }: { readonly check: ChannelCheck; readonly onPick: Props["onPick"] }) {
  const { outliers, dead, ranges, median } = check;
  const named = [
    ...outliers.map((channel) => ({
      channel,
      words: `${Number(((ranges[channel] as number) / (median || 1)).toPrecision(2))}×`,
    })),
    ...dead.map((channel) => ({ channel, words: "all zero" })),
  ];
  return (
    <ul
      className="channels-named"
      aria-label={`Channels over ${OUTLIER_TIMES} times the median range, or all zero`}
    >
      {named.slice(0, NAMED).map(({ channel, words }) => (
        <li key={channel}>
          <button type="button" className="term" onClick={() => onPick(channel)}>
            channel {channel} ({words})
          </button>
        </li>
      ))}
      {named.length > NAMED && <li className="quiet">and {named.length - NAMED} more (Page keys)</li>}
    </ul>
  );
}
