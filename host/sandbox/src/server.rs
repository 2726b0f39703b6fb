//! The HTTP server, and the faults that concern the connection rather than the API.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::api::{Call, Reply};
use super::fault::FaultKind;
use super::world::World;

/// The largest request that is read; those of the real clients are far smaller.
const LARGEST_REQUEST: usize = 64 * 1024;

/// A server on a thread of its own; it stops when it is dropped.
pub(super) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port of the loopback interface.
    pub(super) fn start(world: Arc<World>) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || run(&runtime, &listener, &world, stopped))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has stopped too, and its panic has been shown.
            let _ = thread.join();
        }
    }
}

/// Serves until `stopped`; with the runtime, all open connections end.
fn run(runtime: &Runtime, listener: &TcpListener, world: &Arc<World>, stopped: oneshot::Receiver<Infallible>) {
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = accept(listener, world) => {}
        }
    });
}

async fn accept(listener: &TcpListener, world: &Arc<World>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(serve(stream, Arc::clone(world)))),
            // The client is gone already, or file handles are short: then a pause may help.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, world: Arc<World>) {
    // Without it a reply may wait for the acknowledgement of the one before. It cannot fail on an open socket, and
    // the worst that could happen is a slow sandbox.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| handle(&world, request));
    // An error here is a client that went away, or a reply that was to be truncated or left out.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The reply to a request; an error ends the connection without one.
async fn handle(world: &World, request: Request<Incoming>) -> io::Result<Response<ReplyBody>> {
    let deadline = Instant::now() + world.latency;
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
        let refusal = Response::builder().status(StatusCode::PAYLOAD_TOO_LARGE).body(ReplyBody::whole(String::new()));
        return refusal.map_err(io::Error::other);
    };
    let body = body.to_bytes();
    let call = Call::new(&head, &body);
    world.record(call.name());
    let fault = call.operation().and_then(|operation| world.faults.strike(operation));
    wait_until(deadline).await;
    if fault == Some(FaultKind::NoReply) {
        return std::future::pending().await;
    }
    if fault == Some(FaultKind::DroppedConnection) {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    respond(call.answer(world, fault), fault == Some(FaultKind::TruncatedReply)).map_err(io::Error::other)
}

/// Waits more exactly than the timer does, which is up to two milliseconds late: measurements rely on the latency.
async fn wait_until(deadline: Instant) {
    const TIMER_ERROR: Duration = Duration::from_millis(2);
    if let Some(early) = deadline.checked_sub(TIMER_ERROR).filter(|early| *early > Instant::now()) {
        tokio::time::sleep_until(early).await;
    }
    while Instant::now() < deadline {
        tokio::task::yield_now().await;
    }
}

fn respond(reply: Reply, truncated: bool) -> Result<Response<ReplyBody>, hyper::http::Error> {
    let response = Response::builder()
        .status(reply.status)
        .header(HeaderName::from_static("x-amzn-requestid"), reply.request_id)
        .header(CONTENT_TYPE, HeaderValue::from_static(reply.content_type))
        .header(CONTENT_LENGTH, reply.body.len());
    response.body(if truncated { ReplyBody::truncated(reply.body) } else { ReplyBody::whole(reply.body) })
}

/// The body of a reply, which may end too early.
struct ReplyBody {
    rest: Option<Bytes>,
    breaks_off: bool,
}

impl ReplyBody {
    fn whole(text: String) -> Self {
        Self { rest: Some(text.into()), breaks_off: false }
    }

    /// Half of the text, and then the end of the connection.
    fn truncated(text: String) -> Self {
        let text = Bytes::from(text);
        Self { rest: Some(text.slice(..text.len() / 2)), breaks_off: true }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if self.breaks_off {
            self.breaks_off = false;
            // Lets hyper send what it has before it learns that nothing more will come.
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::super::{Config, Fault, Sandbox};

    /// A request without a signature, which is enough to be answered.
    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 43\r\n\r\n\
                             Action=GetCallerIdentity&Version=2011-06-15";

    fn ask(sandbox: &Sandbox) -> TcpStream {
        let mut stream = TcpStream::connect(sandbox.server.address()).unwrap();
        stream.write_all(REQUEST).unwrap();
        stream
    }

    fn with(fault: &str) -> Sandbox {
        let fault: Fault = fault.parse().unwrap();
        Sandbox::start(Config { faults: vec![fault], ..Config::default() }).unwrap()
    }

    /// Reads to the end of a reply that is a refusal.
    fn refusal(stream: &mut TcpStream) -> String {
        let mut reply = Vec::new();
        while !reply.ends_with(b"</ErrorResponse>") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            reply.extend(byte);
        }
        String::from_utf8(reply).unwrap()
    }

    #[test]
    fn a_connection_serves_request_after_request() {
        let sandbox = Sandbox::start(Config::default()).unwrap();
        let mut stream = ask(&sandbox);
        assert!(refusal(&mut stream).starts_with("HTTP/1.1 403 Forbidden\r\n"));
        stream.write_all(REQUEST).unwrap();
        assert!(refusal(&mut stream).contains("<Code>MissingAuthenticationToken</Code>"));
        assert_eq!(sandbox.requests(), ["GetCallerIdentity"; 2]);
    }

    #[test]
    fn a_truncated_reply_is_shorter_than_it_says() {
        let sandbox = with("truncated-reply@GetCallerIdentity");
        let mut reply = String::new();
        ask(&sandbox).read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        assert!(!body.is_empty());
        assert!(body.len() < length.parse().unwrap());
    }

    #[test]
    fn a_request_without_a_reply_ends_with_the_sandbox() {
        let sandbox = with("no-reply@GetCallerIdentity");
        let mut stream = ask(&sandbox);
        while sandbox.requests().is_empty() {
            std::thread::yield_now();
        }
        drop(sandbox);
        let mut reply = Vec::new();
        // The end is a closed connection or a reset one, and nothing in front of it.
        let _ = stream.read_to_end(&mut reply);
        assert!(reply.is_empty());
    }
}
