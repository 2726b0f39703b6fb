//! The HTTP server, with the faults of connections.

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

use crate::api::{ApiRequest, Reply};
use crate::fault::FaultKind;
use crate::world::World;

/// The largest accepted request: those of real clients are far smaller.
const LARGEST_REQUEST: usize = 64 * 1024;

/// A server in a separate thread, which stops when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens on a free port of the loopback interface.
    pub(crate) fn start(world: Arc<World>) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || run(&runtime, &listener, &world, stopped))?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    /// The address on which it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // An error means a panic, which was printed already.
            let _ = thread.join();
        }
    }
}

/// Serves until `stopped`. Open connections end with the runtime.
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
            // The client disconnected, or no file descriptor is free: then a pause can help.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, world: Arc<World>) {
    // Otherwise a reply can wait for the acknowledgement of the previous one. A failure would only make it slow.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| handle(&world, request));
    // An error means that the client disconnected, or that a fault ended the connection.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Handles a request. An error closes the connection without a reply.
async fn handle(world: &World, request: Request<Incoming>) -> io::Result<Response<ReplyBody>> {
    let deadline = Instant::now() + world.latency;
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_REQUEST).collect().await else {
        let reply = Response::builder().status(StatusCode::PAYLOAD_TOO_LARGE).body(ReplyBody::whole(String::new()));
        return reply.map_err(io::Error::other);
    };
    let body = body.to_bytes();
    let request = ApiRequest::new(&head, &body);
    world.record(request.name());
    let fault = request.operation().and_then(|operation| world.faults.next(operation));
    wait_until(deadline).await;
    if fault == Some(FaultKind::NoReply) {
        return std::future::pending().await;
    }
    if fault == Some(FaultKind::DroppedConnection) {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    respond(request.answer(world, fault), fault == Some(FaultKind::TruncatedReply)).map_err(io::Error::other)
}

/// Waits more exactly than the timer, which is up to two milliseconds late, because measurements rely on the latency.
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

/// The body of a reply, which can be truncated.
struct ReplyBody {
    rest: Option<Bytes>,
    is_truncated: bool,
}

impl ReplyBody {
    fn whole(text: String) -> Self {
        Self { rest: Some(text.into()), is_truncated: false }
    }

    /// The first half of the text, after which the connection closes.
    fn truncated(text: String) -> Self {
        let text = Bytes::from(text);
        Self { rest: Some(text.slice(..text.len() / 2)), is_truncated: true }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(bytes) = self.rest.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if self.is_truncated {
            self.is_truncated = false;
            // Let hyper send the first half before the error.
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

    use crate::{Config, Fault, Sandbox};

    /// A request without a signature, which gets an error.
    const REQUEST: &[u8] = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 43\r\n\r\n\
                             Action=GetCallerIdentity&Version=2011-06-15";

    fn send(sandbox: &Sandbox) -> TcpStream {
        let mut stream = TcpStream::connect(sandbox.endpoint_url().trim_start_matches("http://")).unwrap();
        stream.write_all(REQUEST).unwrap();
        stream
    }

    fn start_with(fault: &str) -> Sandbox {
        let fault: Fault = fault.parse().unwrap();
        Sandbox::start(Config { faults: vec![fault], ..Config::default() }).unwrap()
    }

    /// Reads a complete error reply.
    fn read_error(stream: &mut TcpStream) -> String {
        let mut reply = Vec::new();
        while !reply.ends_with(b"</ErrorResponse>") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            reply.extend(byte);
        }
        String::from_utf8(reply).unwrap()
    }

    #[test]
    fn connection_serves_several_requests() {
        let sandbox = Sandbox::start(Config::default()).unwrap();
        let mut stream = send(&sandbox);
        assert!(read_error(&mut stream).starts_with("HTTP/1.1 403 Forbidden\r\n"));
        stream.write_all(REQUEST).unwrap();
        assert!(read_error(&mut stream).contains("<Code>MissingAuthenticationToken</Code>"));
        assert_eq!(sandbox.requests(), ["GetCallerIdentity"; 2]);
    }

    #[test]
    fn truncated_reply_is_shorter_than_its_length() {
        let sandbox = start_with("truncated-reply@GetCallerIdentity");
        let mut reply = String::new();
        send(&sandbox).read_to_string(&mut reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        assert!(!body.is_empty());
        assert!(body.len() < length.parse().unwrap());
    }

    #[test]
    fn request_without_reply_ends_with_sandbox() {
        let sandbox = start_with("no-reply@GetCallerIdentity");
        let mut stream = send(&sandbox);
        while sandbox.requests().is_empty() {
            std::thread::yield_now();
        }
        drop(sandbox);
        let mut reply = Vec::new();
        // The connection closes or is reset, without a reply.
        let _ = stream.read_to_end(&mut reply);
        assert!(reply.is_empty());
    }
}
