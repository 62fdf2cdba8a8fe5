import { useEffect, useState } from "preact/hooks";
import { AskForm } from "./ask-form.tsx";
import { Icon } from "./icon.tsx";
import { recallJob, runningJob } from "./job-memory.ts";
import { answerLanguage, linkTo, words } from "./page-words.ts";
import { PhotoPicker } from "./photo-picker.tsx";
import { readAccount } from "./read-account.ts";
import { ScanAnswer } from "./scan-answer.tsx";
import type { Photo } from "./shrink-photo.ts";
import { SignInCard } from "./sign-in-card.tsx";
import { StageList } from "./stage-list.tsx";
import { startPage } from "./start-page.tsx";
import { isSignedOut, Trouble } from "./trouble.tsx";
import { useLoaded } from "./use-loaded.ts";
import { cancelScan, useScan } from "./use-scan.ts";

/** Takes a photo, follows what becomes of it, and shows the answer. */
function ScanPage() {
  const { scan, start, retry, leave } = useScan();
  const [account] = useLoaded(readAccount);
  const [photo, setPhoto] = useState<Photo>();
  useEffect(() => {
    const url = photo?.previewUrl;
    return () => url && URL.revokeObjectURL(url);
  }, [photo]);

  switch (scan.step) {
    case "choosing":
    case "sending": {
      // Known before a photo is chosen, which a sign-in would lose.
      if (account.state === "failed" && isSignedOut(account.error)) return <SignInCard />;
      const error = scan.step === "choosing" ? scan.error : undefined;
      return (
        <>
          {error !== undefined && <Trouble error={error} />}
          {photo && !isSignedOut(error) ? (
            <AskForm
              photo={photo}
              isSending={scan.step === "sending"}
              onSend={(question) => void start(photo.blob, question)}
              onRemove={() => setPhoto(undefined)}
            />
          ) : (
            <>
              <RunningNote />
              <PhotoPicker onPhoto={setPhoto} />
            </>
          )}
        </>
      );
    }
    case "following":
      return (
        <StageList
          ended={scan.ended}
          photoUrl={recallJob(scan.jobId)?.imageUrl}
          onCancel={() => cancelScan(scan.jobId)}
        />
      );
    case "failed":
      return <Trouble error={scan.error} onRetry={() => void retry()} />;
    case "over": {
      const { result } = scan;
      const again = () => {
        setPhoto(undefined);
        leave();
      };
      if (!result.pipeline_result) return <Failure message={result.message} onAgain={again} />;
      return (
        <ScanAnswer
          result={result}
          output={result.pipeline_result}
          job={scan.asked}
          onMaterial={(hint) =>
            scan.asked && void start(scan.asked.imageUrl, scan.asked.question, hint)
          }
          onAgain={again}
        />
      );
    }
  }
}

/** A scan of this browser that no tab may be following. */
function RunningNote() {
  const [job] = useState(runningJob);
  if (!job) return null;
  return (
    <p class="card note">
      <span>{words.running.title}</span>
      <a class="button" href={`${linkTo("scan")}#job=${job.jobId}`}>
        {words.running.open}
      </a>
    </p>
  );
}

function Failure({ message, onAgain }: { message: string; onAgain: () => void }) {
  return (
    <div class="card trouble" role="alert">
      <Icon name="warning" />
      <div>
        <h2>{words.error.title}</h2>
        <p lang={answerLanguage}>{message}</p>
        <button type="button" class="button strong" onClick={onAgain}>
          {words.answer.again}
        </button>
      </div>
    </div>
  );
}

startPage(ScanPage);
