//! Taking up a new catalog while the server serves.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tracing::{error, info, warn};

use super::error::ApiError;
use super::state::StateHandle;
use crate::annotate::Annotator;
use crate::catalog::Catalog;

/// How many reloads that were asked for by calls there are at once: one that runs and one that waits for it.
pub const RELOADS_LIMIT: usize = 2;

/// What a reload has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reloaded {
    /// The version in force now.
    pub version: String,
    /// The version in force before.
    pub previous_version: String,
    /// How many entities there are now.
    pub entities: usize,
    /// How many names they have.
    pub names: usize,
    /// How long reading and checking took.
    pub duration: Duration,
}

/// What asks for a reload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReloadTrigger {
    /// A call of ReloadCatalog.
    Call,
    /// SIGHUP. It is never refused for want of a place: signals that come while one waits are one.
    Signal,
}

/// Reads the catalog again and puts it in force when it is whole. One reload runs at a time.
pub struct CatalogReloader {
    state: StateHandle,
    path: Option<PathBuf>,
    places: Arc<Semaphore>,
    turn: Arc<Mutex<()>>,
}

/// What a reload holds to its end: its turn, and its place if it needs one.
type Held = (OwnedMutexGuard<()>, Option<OwnedSemaphorePermit>);

impl CatalogReloader {
    /// A reloader of the catalog at `path` for the services over `state`; without a path there is nothing to reload.
    pub fn new(state: StateHandle, path: Option<PathBuf>) -> Self {
        let places = Arc::new(Semaphore::new(RELOADS_LIMIT));
        Self { state, path, places, turn: Arc::default() }
    }

    /// Reads the catalog, checks it whole, and only then puts it in force; calls under way keep the old one. A reload that
    /// has begun goes on when its caller leaves. The outcome is logged.
    ///
    /// # Errors
    /// No file to read, a catalog that is not good, a server that has not read its data yet, or too many reloads at once.
    /// The catalog in force stays.
    pub async fn reload(&self, trigger: ReloadTrigger) -> Result<Reloaded, ApiError> {
        let (path, place) = self.admit(trigger).inspect_err(|error| log_refusal(trigger, error))?;
        let held: Held = (Arc::clone(&self.turn).lock_owned().await, place);
        let state = self.state.clone();
        // A thread of its own: reading takes long, and the pool's threads are for calls. It runs to its end, turn and place
        // in hand, whether the caller stays or not. What nobody uses any more of the old catalog is freed there as well.
        let reading = tokio::task::spawn_blocking(move || {
            let reloaded = reload_now(&state, &path);
            match &reloaded {
                Ok(reloaded) => log_success(trigger, reloaded),
                Err(error) => log_refusal(trigger, error),
            }
            drop(held);
            reloaded
        });
        reading.await.unwrap_or_else(|panic| {
            error!(?trigger, %panic, "catalog not reloaded");
            Err(ApiError::Internal)
        })
    }

    /// The path to read, and the place that a call needs.
    fn admit(&self, trigger: ReloadTrigger) -> Result<(PathBuf, Option<OwnedSemaphorePermit>), ApiError> {
        let path = self.path.clone().ok_or(ApiError::NoCatalogFile)?;
        self.state.get()?;
        let place = match trigger {
            ReloadTrigger::Signal => None,
            ReloadTrigger::Call => {
                Some(Arc::clone(&self.places).try_acquire_owned().map_err(|_| ApiError::ReloadBusy)?)
            }
        };
        Ok((path, place))
    }
}

fn log_success(trigger: ReloadTrigger, reloaded: &Reloaded) {
    info!(
        ?trigger,
        previous_version = reloaded.previous_version,
        catalog_version = reloaded.version,
        entities = reloaded.entities,
        names = reloaded.names,
        duration_ms = u64::try_from(reloaded.duration.as_millis()).unwrap_or(u64::MAX),
        "reloaded"
    );
}

fn log_refusal(trigger: ReloadTrigger, error: &ApiError) {
    warn!(?trigger, problem = %error, "catalog not reloaded");
}

/// Opens, checks and swaps. Blocks.
fn reload_now(state: &StateHandle, path: &Path) -> Result<Reloaded, ApiError> {
    let began = Instant::now();
    info!(path = %path.display(), "reading the catalog again");
    let catalog = Catalog::open_whole(path).map_err(ApiError::bad_catalog)?;
    let duration = began.elapsed();
    let previous = state.get()?;
    let reloaded = Reloaded {
        version: catalog.version().to_owned(),
        previous_version: previous.catalog().version().to_owned(),
        entities: catalog.entity_count(),
        names: catalog.name_count(),
        duration,
    };
    state.set(Arc::new(previous.with_annotator(Annotator::new(Arc::new(catalog)))));
    Ok(reloaded)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::process::Command;
    use std::time::SystemTime;

    use super::*;
    use crate::api::{Limits, State, WorkPool};
    use crate::corpus::Corpus;

    const HEADER: &str = "id\tlabel\ttaxon_id\txrefs\tparent_ids\texact\trelated\tnarrow\tbroad\n";

    fn table(label: &str) -> String {
        format!("{HEADER}MESH:D000001\t{label}\t\t\t\t\t\t\t\n")
    }

    fn serving(path: Option<&Path>) -> (StateHandle, CatalogReloader) {
        let state = StateHandle::default();
        state.set(Arc::new(State {
            annotator: Arc::new(Annotator::new(Arc::new(Catalog::from_entities([]).unwrap()))),
            corpus: Arc::new(Corpus::default()),
            pool: WorkPool::new(1).unwrap(),
            limits: Limits::default(),
            started_at: SystemTime::UNIX_EPOCH,
        }));
        let reloader = CatalogReloader::new(state.clone(), path.map(Path::to_owned));
        (state, reloader)
    }

    #[tokio::test]
    async fn a_whole_catalog_is_put_in_force_and_the_old_one_freed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diseases.tsv");
        fs::write(&path, table("malaria")).unwrap();
        let (state, reloader) = serving(Some(&path));
        let before = state.get().unwrap();
        let old = Arc::downgrade(before.catalog());
        let reloaded = reloader.reload(ReloadTrigger::Call).await.unwrap();
        assert_eq!((reloaded.entities, reloaded.names), (1, 1));
        assert_eq!(reloaded.previous_version, before.catalog().version());
        assert_eq!(reloaded.version, state.get().unwrap().catalog().version());
        assert!(old.upgrade().is_some(), "a call that holds it keeps it");
        drop(before);
        assert!(old.upgrade().is_none(), "nobody holds it any more");
    }

    #[tokio::test]
    async fn a_catalog_that_is_not_good_leaves_the_old_one_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diseases.tsv");
        fs::write(&path, "not a table\n").unwrap();
        let (state, reloader) = serving(Some(&path));
        let version = state.get().unwrap().catalog().version().to_owned();
        let error = reloader.reload(ReloadTrigger::Call).await.unwrap_err();
        assert_eq!(error.reason(), "CATALOG_BAD");
        assert!(error.to_string().contains("diseases.tsv: the first line must be the header"), "{error}");
        assert_eq!(state.get().unwrap().catalog().version(), version);
        let (_, reloader) = serving(None);
        assert_eq!(reloader.reload(ReloadTrigger::Signal).await, Err(ApiError::NoCatalogFile));
        let reloader = CatalogReloader::new(StateHandle::default(), Some(path));
        assert_eq!(reloader.reload(ReloadTrigger::Call).await, Err(ApiError::Loading));
    }

    #[tokio::test]
    async fn one_reload_runs_one_waits_and_more_are_told_to_try_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("diseases.tsv");
        // Reading the pipe blocks until this test writes into it.
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (state, reloader) = serving(Some(&path));
        let mut first = Box::pin(reloader.reload(ReloadTrigger::Call));
        assert!(futures_util::poll!(&mut first).is_pending());
        let mut second = Box::pin(reloader.reload(ReloadTrigger::Call));
        assert!(futures_util::poll!(&mut second).is_pending());
        assert_eq!(reloader.reload(ReloadTrigger::Call).await, Err(ApiError::ReloadBusy));
        // A caller that waits and leaves makes room; one whose reload runs does not.
        drop(second);
        drop(first);
        let mut third = Box::pin(reloader.reload(ReloadTrigger::Call));
        assert!(futures_util::poll!(&mut third).is_pending());
        assert_eq!(reloader.reload(ReloadTrigger::Call).await, Err(ApiError::ReloadBusy));
        let mut signalled = Box::pin(reloader.reload(ReloadTrigger::Signal));
        assert!(futures_util::poll!(&mut signalled).is_pending());

        // The writer opens once the first reload reads; the later ones find another file in its place.
        let mut pipe = fs::OpenOptions::new().write(true).open(&path).unwrap();
        let next = folder.path().join("next");
        fs::write(&next, table("HIV")).unwrap();
        fs::rename(&next, &path).unwrap();
        pipe.write_all(table("malaria").as_bytes()).unwrap();
        drop(pipe);
        let third = third.await.unwrap();
        assert_eq!(signalled.await.unwrap().previous_version, third.version);
        assert_ne!(third.previous_version, third.version, "the first went on though its caller left");
        let state = state.get().unwrap();
        let entity = state.catalog().indices().next().unwrap();
        assert_eq!(state.catalog().label(entity), "HIV");
    }
}
