//! What the camera looks at.

/// Light that comes from each point of the frame, before the lens.
///
/// A sheet of paper spreads light sideways before it leaves: [`Scene::surface`] is spread with [`Scene::scattering`], and
/// [`Scene::radiance`] makes light of what comes out.
pub(super) trait Scene: Sync {
    /// What is at the point (x, y) of the capture, seen through a square of side `footprint`; all in pixels of the capture.
    fn surface(&self, x: f64, y: f64, footprint: f64) -> [f32; 3];

    /// Standard deviation of the spread, in pixels of the capture.
    fn scattering(&self) -> f64 {
        0.0
    }

    /// Linear light of a surface, after its spread.
    fn radiance(&self, _x: f64, _y: f64, surface: [f32; 3]) -> [f32; 3] {
        surface
    }
}
