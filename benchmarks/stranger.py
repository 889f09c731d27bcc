"""A visitor who does what no browser does: files without a page, large frames, messages of any kind."""

import asyncio
import contextlib
import http.client
import re
import zlib
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileUploaderState
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visitor import Visitor


class Stranger(Visitor):
    """A tab that also knows its session and the page's upload fields."""

    async def __aenter__(self) -> Self:
        self.session = ""
        self.uploaders: dict[str, tuple[str, str]] = {}
        self.texts: list[str] = []
        self._token = await asyncio.to_thread(_token, self.port)
        self._files = 0
        return await super().__aenter__()

    def _note(self, delta: Delta) -> None:
        super()._note(delta)
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "file_uploader":
            self.uploaders[element.file_uploader.label] = (element.file_uploader.id, delta.fragment_id)
        elif kind == "selectbox":
            self.texts += element.selectbox.options

    async def _follow(self) -> None:
        async for data in self._socket:
            raw = data if isinstance(data, bytes) else data.encode()
            message = ForwardMsg.FromString(raw)
            if message.WhichOneof("type") == "new_session":
                self.session = message.new_session.initialize.session_id or self.session
            self._take(message, len(raw))

    async def say(self, message: BackMsg | bytes) -> None:
        """Send a message, whatever it is."""
        data = message if isinstance(message, bytes) else message.SerializeToString()
        with contextlib.suppress(Exception):
            await self._socket.send(data)

    async def put(self, name: str, data: bytes) -> tuple[str, int]:
        """Send a file to the own session, without a page that asks for it; its id and the answer's status."""
        self._files += 1
        file = f"file-{self._files}"
        return file, await asyncio.to_thread(_put, self.port, self.session, file, self._token, name, data)

    async def give(self, label: str, name: str, data: bytes, timeout: float = 120) -> float:
        """Put a file into the page's upload field whose label begins so; seconds until the page has run."""
        widget, fragment = next(found for key, found in self.uploaders.items() if key.startswith(label))
        file, _ = await self.put(name, data)
        state = ClientState(page_script_hash=self._hash, query_string=self._query, fragment_id=fragment)
        value = FileUploaderState()
        info = value.uploaded_file_info.add(file_id=file, name=name, size=len(data))
        info.file_urls.file_id = file
        address = f"/_stcore/upload_file/{self.session}/{file}"
        info.file_urls.upload_url = info.file_urls.delete_url = address
        state.widget_states.widgets.add(id=widget, file_uploader_state_value=value)
        return await self._run(state, timeout)


def _token(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_stcore/health")
    answer = connection.getresponse()
    answer.read()
    found = re.search(r"_streamlit_xsrf=([^;]+)", answer.headers.get("set-cookie", ""))
    return found[1] if found else ""


def _put(port: int, session: str, file: str, token: str, name: str, data: bytes) -> int:
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n--b--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "Content-Type": "multipart/form-data; boundary=b",
        "X-Xsrftoken": token,
        "Cookie": f"_streamlit_xsrf={token}",
    }
    try:
        connection.request("PUT", f"/_stcore/upload_file/{session}/{file}", body, headers)
        return connection.getresponse().status
    except OSError:
        return 0


def scans(side: int, count: int) -> bytes:
    """A progressive JPEG that repeats a scan of a few bytes; each walks through all blocks."""
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG", progressive=True, quality=50)
    data = file.getvalue()
    starts = [found.start() for found in re.finditer(rb"\xff\xda", data)]
    ends = [*starts[1:], len(data) - 2]
    segments = [data[start:end] for start, end in zip(starts, ends, strict=True)]
    shortest = min((segment for segment in segments if segment[2 + 3 + 2 * segment[4]] > 0), key=len)
    return data[:-2] + shortest * count + b"\xff\xd9"


def noise(size: int) -> bytes:
    """Bytes that nobody compresses."""
    return zlib.compress(bytes(range(256)), 9) * (size // 16)
