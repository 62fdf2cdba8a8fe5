import { useCallback, useEffect, useState } from "preact/hooks";
import { ChatList } from "./chat-list.tsx";
import { ChatTalk } from "./chat-talk.tsx";
import { startPage } from "./start-page.tsx";

/** Conversations, and the one that the address names. */
function ChatPage() {
  const [chatId, setChatId] = useState(chatInAddress);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const follow = () => setChatId(chatInAddress());
    addEventListener("popstate", follow);
    return () => removeEventListener("popstate", follow);
  }, []);

  const goTo = useCallback((id: string | undefined) => {
    history.pushState(null, "", id === undefined ? location.pathname : `#chat=${id}`);
    setChatId(id);
  }, []);

  // A conversation gets its title with its first answer.
  const onAnswered = useCallback(() => setTurn((before) => before + 1), []);
  return (
    <div class="chat">
      <ChatList current={chatId} turn={turn} onOpen={goTo} />
      <ChatTalk key={chatId ?? "new"} chatId={chatId} onOpened={goTo} onAnswered={onAnswered} />
    </div>
  );
}

function chatInAddress(): string | undefined {
  return /^#chat=([\da-f-]{36})$/.exec(location.hash)?.[1];
}

startPage(ChatPage);
