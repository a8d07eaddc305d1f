//! A stand-in for GitHub's API on this machine: the comments of one pull request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// What GitHub knows, and what it was asked.
#[derive(Default)]
struct State {
    comments: Vec<Value>,
    asked: Vec<String>,
    /// Whether the token may write.
    may_write: bool,
}

/// A running API. It serves until the test program ends.
pub struct GitHub {
    /// Where it listens.
    pub url: String,
    state: Arc<Mutex<State>>,
}

/// The token that is known.
pub const TOKEN: &str = "ghs_token of the job";

impl GitHub {
    /// Starts it, with comments of others.
    pub fn new(may_write: bool, others: &[(&str, &str)]) -> Self {
        let comments = (1..)
            .zip(others)
            .map(|(id, (login, body))| json!({ "id": id, "user": { "login": login }, "body": body }))
            .collect();
        let state = Arc::new(Mutex::new(State { comments, asked: Vec::new(), may_write }));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &shared);
            }
        });
        Self { url, state }
    }

    /// The comments: who wrote each, and what.
    pub fn comments(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let state = self.state.lock().unwrap();
        state.comments.iter().map(|one| (text(&one["user"]["login"]), text(&one["body"]))).collect()
    }

    /// What was asked since the last time: method and path.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request).unwrap();
    let (mut length, mut authorized) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorized = value == format!("Bearer {TOKEN}"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let words: Vec<&str> = request.split(' ').collect();
    let (status, said) = match authorized {
        true => state.lock().unwrap().handle(words[0], words[1], &body),
        false => (401, json!({ "message": "Bad credentials" })),
    };
    let said = said.to_string();
    let head = format!("HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", said.len());
    reader.get_mut().write_all((head + &said).as_bytes()).unwrap();
}

impl State {
    fn handle(&mut self, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        self.asked.push(format!("{method} {path}"));
        let of = "/repos/shop/infrastructure/issues/";
        let below = path.strip_prefix(of).unwrap_or_default();
        match (method, below.split_once('?').unwrap_or((below, ""))) {
            ("GET", ("7/comments", query)) => {
                let page: usize = query.rsplit_once("page=").unwrap().1.parse().unwrap();
                assert!(query.starts_with("per_page=100&"), "{query}");
                (200, self.comments.iter().skip((page - 1) * 100).take(100).cloned().collect())
            }
            ("POST" | "PATCH", _) if !self.may_write => {
                (403, json!({ "message": "Resource not accessible by integration" }))
            }
            ("POST", ("7/comments", _)) => {
                let id = self.comments.len() + 1;
                let comment = json!({ "id": id, "user": { "login": "github-actions[bot]" }, "body": text(body), "html_url": "https://x/1" });
                self.comments.push(comment.clone());
                (201, comment)
            }
            ("PATCH", (which, _)) => {
                let id: u64 = which.strip_prefix("comments/").unwrap().parse().unwrap();
                let comment = self.comments.iter_mut().find(|comment| comment["id"] == id).unwrap();
                comment["body"] = text(body);
                comment["html_url"] = "https://x/1".into();
                (200, comment.clone())
            }
            _ => (404, json!({ "message": "Not Found" })),
        }
    }
}

/// What a body asks for, within GitHub's limit.
fn text(body: &[u8]) -> Value {
    let body: Value = serde_json::from_slice(body).unwrap();
    assert!(body["body"].as_str().unwrap().chars().count() <= 65_536);
    body["body"].clone()
}
